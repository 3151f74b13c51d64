"""What the simulated factory is made of: plants, lines, reasons, parts, people. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

MICRO_STOP_S = 300


class Reason(NamedTuple):
    """An Odoo productivity loss. `loss_class` is the portal's own class, used for the ground truth only."""

    id: int
    name: str
    loss_type: str
    loss_class: str


MATERIAL = Reason(1, "Material Availability", "availability", "external")
FAILURE = Reason(2, "Equipment Failure", "availability", "breakdown")
SETUP = Reason(3, "Setup and Adjustments", "availability", "setup")
REDUCED_SPEED = Reason(4, "Reduced Speed", "performance", "speed")
DEFECT = Reason(5, "Process Defect", "quality", "quality")
REDUCED_YIELD = Reason(6, "Reduced Yield", "quality", "quality")
RUNNING = Reason(7, "Fully Productive Time", "productive", "running")
PLANNED_MAINTENANCE = Reason(8, "Planned Maintenance", "availability", "planned_stop")
CLEANING = Reason(9, "Cleaning", "availability", "planned_stop")
NO_ORDERS = Reason(10, "No Orders", "availability", "planned_stop")
MEETING = Reason(11, "Meeting", "availability", "planned_stop")
TOOL_FAILURE = Reason(12, "Tool Failure", "availability", "breakdown")
ELECTRICAL = Reason(13, "Electrical Failure", "availability", "breakdown")
CHANGEOVER = Reason(14, "Changeover", "availability", "setup")
WARM_UP = Reason(15, "Warm-up", "availability", "setup")
OPERATOR = Reason(16, "Waiting for Operator", "availability", "external")
BLOCKED = Reason(17, "Blocked Downstream", "availability", "external")
MINOR = Reason(18, "Minor Stop", "availability", "micro_stop")

REASONS = (
    MATERIAL, FAILURE, SETUP, REDUCED_SPEED, DEFECT, REDUCED_YIELD, RUNNING, PLANNED_MAINTENANCE, CLEANING,
    NO_ORDERS, MEETING, TOOL_FAILURE, ELECTRICAL, CHANGEOVER, WARM_UP, OPERATOR, BLOCKED, MINOR,
)  # fmt: skip
LOSS_TYPES = ("availability", "performance", "quality", "productive")


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours are local, counted from midnight of the day the shift starts (30.0 is 6:00 next day)."""

    name: str
    start: float
    stop: float
    break_from: float
    break_to: float


@dataclass(frozen=True, slots=True)
class Plant:
    """`holidays` are (month, day) of the day the first shift starts; weekdays count from Monday = 0."""

    key: str
    name: str
    city: str
    zone: ZoneInfo
    currency: str
    weekdays: tuple[int, ...]
    shifts: tuple[Shift, ...]
    holidays: tuple[tuple[int, int], ...]

    @property
    def day_start(self) -> float:
        return self.shifts[0].start


WEEK = (0, 1, 2, 3, 4)
PLANTS = (
    Plant("LYO", "Lyon", "Lyon", ZoneInfo("Europe/Paris"), "EUR", WEEK, (
        Shift("Morning", 6, 14, 10, 10.5),
        Shift("Afternoon", 14, 22, 18, 18.5),
        Shift("Night", 22, 30, 26, 26.5),
    ), ((1, 1), (5, 1), (7, 14), (8, 15), (11, 11), (12, 25))),
    Plant("GRV", "Greenville", "Greenville", ZoneInfo("America/New_York"), "USD", WEEK, (
        Shift("Day", 6, 14.5, 10, 10.5),
        Shift("Evening", 14.5, 23, 18.5, 19),
    ), ((1, 1), (7, 4), (9, 7), (11, 26), (12, 25))),
    Plant("PUN", "Pune", "Pune", ZoneInfo("Asia/Kolkata"), "INR", (*WEEK, 5), (
        Shift("First", 7, 15, 11, 11.5),
        Shift("Second", 15, 23, 19, 19.5),
    ), ((1, 26), (5, 1), (8, 15), (10, 2))),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """`takt_s` spans the ideal cycle times of the line's products in seconds per piece."""

    plant: str
    code: str
    name: str
    machine: str
    model: str
    takt_s: tuple[float, float]
    products: tuple[str, ...]


LINES = (
    Line("LYO", "PR", "Stamping", "Press", "Schuler MSP 400", (4.2, 7.8),
         ("Bracket 120", "Bracket 160", "Door hinge plate", "Seat rail")),
    Line("GRV", "IM", "Moulding", "Moulding machine", "Engel e-motion 310", (18, 31),
         ("Air duct", "Filter housing", "Fan shroud", "Cable clip set")),
    Line("PUN", "FO", "Forging", "Forging hammer", "Lasco HO-U 315", (11, 19),
         ("Stub axle", "Connecting rod", "Gear blank", "Steering knuckle")),
    Line("LYO", "WE", "Welding", "Welding cell", "KUKA flexibleCUBE", (24, 46),
         ("Cross member", "Subframe left", "Subframe right", "Tow hook")),
    Line("GRV", "CN", "Machining", "CNC mill", "Mazak VCN-530", (58, 125),
         ("Pump body", "Valve block", "Manifold", "Bearing cap")),
    Line("PUN", "FI", "Finishing", "Finishing cell", "Rösler R 320", (19, 38),
         ("Stub axle, finished", "Connecting rod, finished", "Gear, finished", "Knuckle, finished")),
    Line("LYO", "AS", "Assembly", "Assembly station", "Bosch Rexroth MAS", (28, 55),
         ("Seat adjuster", "Door module", "Hinge set", "Latch")),
    Line("GRV", "PK", "Packaging", "Packer", "Ilapak Carrera 500", (3.1, 5.9),
         ("Air duct, boxed", "Filter set, boxed", "Clip pack 50", "Clip pack 200")),
)  # fmt: skip
MACHINES_PER_LINE = 5
UTILITIES = (("CP", "Compressor", "Atlas Copco GA 75"), ("CH", "Chiller", "Trane RTAF 090"),
             ("DC", "Dust collector", "Nederman FS"))  # fmt: skip

PARTS = (
    ("Hydraulic seal kit", 84.0), ("Proximity sensor M12", 39.5), ("Ball bearing 6205", 11.8),
    ("V-belt SPZ 1250", 18.2),
    ("Servo drive 2 kW", 1240.0), ("Contactor 3RT2", 62.4), ("Limit switch", 27.9),
    ("Pneumatic cylinder 40x100", 132.0),
    ("Solenoid valve 5/2", 71.5), ("Hydraulic hose 1/2 in", 46.0), ("Coupling element", 33.0), ("Fuse 32 A",
        3.6),
    ("Filter cartridge", 22.5), ("Grease cartridge", 9.9), ("Gear oil 5 l", 58.0), ("Heater band 230 V",
        77.0),
    ("Thermocouple type J", 29.0), ("Encoder 1024", 310.0), ("Linear guide 20", 265.0), ("Ball screw 32x10",
        890.0),
    ("Spindle belt", 64.0), ("Coolant pump", 420.0), ("Light curtain", 980.0), ("Safety relay", 145.0),
    ("Die spring", 14.2), ("Punch insert", 96.0), ("Ejector pin", 12.7), ("Nozzle tip", 88.0),
    ("Welding tip", 4.4), ("Cable chain", 118.0), ("HMI panel", 1490.0), ("PLC input card", 380.0),
)  # fmt: skip

TECHNICIANS = {
    "LYO": ("Camille Moreau", "Julien Petit", "Nora Lefevre", "Hugo Garnier"),
    "GRV": ("Dana Brooks", "Marcus Hill", "Elena Ortiz", "Tyler Reed"),
    "PUN": ("Anil Deshpande", "Priya Kulkarni", "Rahul Jadhav", "Sneha Patil"),
}
OPERATORS = {
    "LYO": ("Louis Bernard", "Ines Roux", "Karim Haddad", "Manon Faure", "Paul Girard", "Zoe Lambert"),
    "GRV": ("Ann Carter", "Ben Foster", "Chris Young", "Kim Nguyen", "Luis Perez", "Sam Walker"),
    "PUN": ("Amit Joshi", "Deepa Rao", "Kiran More", "Meera Shah", "Nikhil Pawar", "Vijay Kale"),
}


def plant_of(key: str) -> Plant:
    return next(plant for plant in PLANTS if plant.key == key)
