"""What gunicorn serves."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfgportal.settings")
# A page that takes longer is a fault and must not keep a thread; syncs and migrations have no such limit.
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "20000")

application = get_wsgi_application()
# All pages with what they stand on, before the server forks: memory is shared, and the first answer is quick.
import_module(settings.ROOT_URLCONF)
