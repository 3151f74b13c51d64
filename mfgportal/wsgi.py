"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfgportal.settings")
# A page that takes longer is a fault and must not keep a thread; syncs and migrations have no such limit.
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "20000")

application = get_wsgi_application()
