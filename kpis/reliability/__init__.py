"""Statistics of failures that say how sure they are. Pure: times and counts in, estimates with bounds out.

Times may be in any unit; results are in the same. Repairable machines: ``growth`` first (is there a trend?),
then one MTBF (``bounds``) only where there is none. Parts that are replaced: ``life``. Many machines:
``recurrence`` for the average history, ``ranking`` for the bad actors. What comes next: ``forecast``.
"""
