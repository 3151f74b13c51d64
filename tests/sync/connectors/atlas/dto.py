"""Atlas's answers as its contract writes them."""

from typing import Any

Row = dict[str, Any]
AUDIT: Row = {
    "createdBy": 1,
    "updatedBy": 1,
    "createdAt": "2026-08-20T06:00:00Z",
    "updatedAt": "2026-08-22T15:39:24.123456Z",
}
LOCATIONS: list[Row] = [
    {**AUDIT, "id": 1, "name": "Lyon", "customId": "L000001", "parentLocation": None},
    {
        **AUDIT,
        "id": 2,
        "name": "Press line",
        "customId": "L000002",
        "parentLocation": {"id": 1, "name": "Lyon"},
    },
    {
        **AUDIT,
        "id": 3,
        "name": "Bay 4",
        "customId": "L000003",
        "parentLocation": {"id": 2, "name": "Press line"},
    },
]
ASSET: Row = {
    **AUDIT,
    "id": 7,
    "archived": False,
    "hasChildren": False,
    "description": "",
    "image": {"id": 4, "name": "press.png", "url": "https://files/press.png?signature=changes"},
    "location": {"id": 3, "name": "Bay 4", "address": "", "customId": "L000003", "parentId": 2},
    "parentAsset": {"id": 5, "name": "Line", "customId": "A000005", "parentId": None, "locationId": 2},
    "barCode": "PR-04",
    "category": {"id": 1, "name": "Press"},
    "name": "Press 4",
    "primaryUser": None,
    "serialNumber": "SN-1",
    "status": "DOWN",
    "acquisitionCost": 100.0,
    "inServiceDate": "2024-03-01T00:00:00.000+00:00",
    "files": [],
    "customId": "A000007",
}
WORK_ORDER: Row = {
    **AUDIT,
    "id": 31,
    "dueDate": "2026-08-23T10:00:00.000+00:00",
    "priority": "HIGH",
    "estimatedDuration": 2.0,
    "estimatedStartDate": None,
    "title": "Leak",
    "location": {"id": 3, "name": "Bay 4", "address": "", "customId": "L000003", "parentId": 2},
    "team": None,
    "category": None,
    "primaryUser": {"id": 9, "firstName": "Priya", "lastName": "Kulkarni", "image": None, "phone": "1"},
    "asset": {"id": 7, "name": "Press 4", "customId": "A000007", "parentId": 5, "locationId": 3},
    "completedBy": None,
    "completedOn": "2026-08-22T15:39:24.000+00:00",
    "archived": False,
    "parentRequest": None,
    "parentPreventiveMaintenance": None,
    "status": "COMPLETE",
    "customId": "WO000031",
}
DOWNTIME: Row = {
    **AUDIT,
    "id": 4,
    "duration": 5400,
    "startsOn": "2026-08-22T10:00:00.000+00:00",
    "endsOn": "2026-08-22T11:30:00.000+00:00",
}
LABOR: Row = {
    **AUDIT,
    "id": 6,
    "duration": 1800,
    "assignedTo": {
        "id": 9,
        "firstName": "Priya",
        "lastName": "Kulkarni",
        "lastLogin": "2026-08-22T10:00:00Z",
    },
    "includeToTotalTime": True,
    "logged": True,
    "hourlyRate": 42,
    "startedAt": "2026-08-22T10:05:00.000+00:00",
    "endedAt": "2026-08-22T10:35:00.000+00:00",
    "status": "STOPPED",
    "timeCategory": None,
    "cost": 21,
}
PART_QUANTITY: Row = {
    **AUDIT,
    "id": 8,
    "quantity": 2.0,
    "part": {"id": 3, "name": "Seal", "description": "", "cost": 12.5, "unit": "pcs", "nonStock": False},
}
ADDITIONAL_COST: Row = {
    **AUDIT,
    "id": 5,
    "cost": 240.5,
    "category": {"id": 1, "name": "External service"},
    "description": "Crane",
    "assignedTo": None,
    "includeToTotalCost": True,
    "date": "2026-08-22T12:00:00.000+00:00",
}
PART: Row = {
    **AUDIT,
    "id": 3,
    "name": "Seal",
    "cost": 12.5,
    "barcode": "SEAL-01",
    "quantity": 4.0,
    "minQuantity": 2.0,
}
USER: Row = {
    "id": 9,
    "email": "Priya.Kulkarni@Example.com",
    "firstName": "Priya",
    "lastName": "Kulkarni",
    "rate": 0,
    "enabled": False,
    "createdAt": "2026-08-20T06:00:00.000+00:00",
}
