"""A whole scenario of a few lines: tables in a folder of its own, and values as Hydra would compose them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import write_files
from twin.assemble import build
from twin.config import parse
from twin.domain.errors import ConfigurationError, Problem
from twin.presets import traced
from twin.simulation.world import Model

TABLES = {
    "places.csv": """
        zip3,state,city,tz,lat,lng,population,region
        432,OH,Columbus,America/New_York,39.96,-83.0,1000,midwest
        606,IL,Chicago,America/Chicago,41.85,-87.65,2000,midwest
        895,NV,Reno,America/Los_Angeles,39.53,-119.81,500,west
        """,
    "zone_bands.csv": """
        zone,max_miles_incl
        1,150
        2,600
        3,12500
        """,
    "products.csv": """
        sku,category,weight_kg,length_cm,width_cm,height_cm,unit_cost_usd,price_usd,popularity,velocity_class,regional_tilt
        lamp,home,2.0,20,40,20,15,40,1,B,
        mug,home,0.4,10,12,10,4,10,3,A,west
        book,media,0.6,24,17,3,6,15,2,A,
        """,
    "cartons.csv": """
        carton_id,length_cm,width_cm,height_cm,max_weight_kg,tare_kg,cost_usd,co2e_kg
        box,45,30,30,20,0.2,0.5,0.3
        """,
    "holidays.csv": """
        date,name,federal,carrier_closed
        2025-09-01,Labor Day,true,true
        2025-10-13,Columbus Day,true,false
        """,
    "services.csv": """
        carrier,service,mode,dim_divisor_in3_per_lb,dim_threshold_in3,max_weight_lb,max_length_in,fuel_rate,residential_usd,saturday_pickup,saturday_delivery,sunday_delivery
        parcel,ground,ground,139,0,50,60,0.2,3,false,false,false
        courier,same_day,courier,139,0,50,60,0,0,true,true,true
        unused,service,air,139,0,50,60,0,0,false,false,false
        """,
    "rates.csv": """
        carrier,service,zone,weight_to_lb,price_usd
        parcel,ground,1,5,5
        parcel,ground,1,50,10
        parcel,ground,2,5,6
        parcel,ground,2,50,12
        parcel,ground,3,5,7
        parcel,ground,3,50,14
        courier,same_day,1,50,20
        """,
    "transit.csv": """
        carrier,service,zone,typical_days
        parcel,ground,1,1
        parcel,ground,2,2
        parcel,ground,3,5
        courier,same_day,1,0
        """,
    "delays.csv": """
        carrier,service,extra_days,probability
        parcel,ground,0,0.9
        parcel,ground,1,0.1
        """,
    "carbon.csv": """
        key,value,scope,version
        linehaul_ground,0.1,WTW,2025
        linehaul_air,1.0,WTW,2025
        courier_van_per_tkm,0.5,WTW,2025
        last_mile_per_parcel,0.2,WTW,2025
        inbound_truckload,0.08,WTW,2025
        grid_electricity,0.4,WTW,2024
        """,
    "hours.csv": "hour,share\n" + "".join(f"{hour},{1 + hour % 2}\n" for hour in range(24)),
    "weekdays.csv": "weekday,factor\nmon,2\ntue,1\nwed,1\nthu,1\nfri,1\nsat,0.5\nsun,0.5\n",
    "season.csv": "day_of_year,factor\n1,1\n101,2\n",
    "stock.csv": """
        node,sku,on_hand
        columbus,mug,40
        columbus,lamp,3
        reno,mug,7
        """,
    "orders.csv": """
        order_id,placed_at,dest_postal,channel,sla_class,promise_at
        B-2,2025-09-03T09:30:00-05:00,60614,web,standard,
        A-1,2025-09-02T08:00:00-04:00,43215,web,standard,2025-09-05T20:00:00-04:00
        """,
    "order_lines.csv": """
        order_id,line_id,sku,qty
        A-1,1,mug,2
        A-1,2,lamp,1
        B-2,1,mug,1
        """,
}

VALUES = """
    scenario: null
    node_kinds:
      dc:
        shifts:
          day: {days: daily, starts: "06:00", ends: "18:00"}
        stages:
          pick: {stations: 1, work: {kind: exponential, mean_minutes: 1}}
          pack: {stations: 2, work: {kind: deterministic, value_minutes: 3}}
        departures:
          parcel_ground: {days: mon-fri, cutoff: "17:00", departs: "17:30"}
        costs: {wage_usd_per_hour: 20}
      store:
        shifts:
          open: {days: daily, starts: "09:00", ends: "21:00"}
        stages:
          pick: {stations: 1, work: {kind: deterministic, value_minutes: 10}}
        departures:
          parcel_ground: {days: mon-fri, cutoff: "16:00", departs: "16:30"}
        assortment: {top_skus: 1}
    network:
      title: Two nodes
      places: places.csv
      zone_bands: zone_bands.csv
      products: products.csv
      cartons: cartons.csv
      holidays: holidays.csv
      nodes:
        columbus: {kind: dc, zip3: "432", label: "Columbus, OH"}
        reno: {kind: store, zip3: "895"}
      suppliers:
        maker: {zip3: "606"}
      lanes:
        columbus: {from: maker, lead_time: {kind: deterministic, value_days: 2}}
        reno: {from: maker, lead_time: 72}
    carriers:
      services: [services.csv]
      rates: [rates.csv]
      transit: [transit.csv]
      delays: [delays.csv]
      courier_hours: {kind: deterministic, value_hours: 3}
    demand:
      kind: model
      orders_per_day: 100
      channels: {web: {share: 1.0}}
      service_levels:
        standard: {share: 1.0, promise_days: 5, order_cutoff: "14:00", services: [parcel_ground]}
    routing: {kind: min_cost}
    replenishment: {kind: order_up_to}
    disruptions: {events: {}}
    costs: {wage_usd_per_hour: 20, holding_rate_per_year: 0.2, freight_in_usd_per_unit: 1}
    carbon: {factors: carbon.csv}
    study:
      title: A few days
      question: Does it work?
      starts_on: 2025-09-01
      timezone: America/New_York
      warmup_days: 1
      measured_days: 5
      cooldown_days: 1
      runout_days: 7
      replications: 1
      seed: 1
      name: tiny
      measures:
        cost_per_order: {title: Cost, unit: USD, better: lower, matters_from: 0.1, primary: true}
    """


class Tiny:
    """The scenario, to be changed in one place and tried."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        write_files(folder, TABLES)
        self.values: dict[str, Any] = yaml.safe_load(VALUES)

    def set(self, key: str, value: object) -> None:
        """Set a dotted key, whatever was there."""
        *above, last = key.split(".")
        place = self.values
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value

    def drop(self, key: str) -> None:
        """Remove a dotted key."""
        *above, last = key.split(".")
        place = self.values
        for part in above:
            place = place[part]
        del place[last]

    def cell(self, table: str, line: int, column: str, value: str) -> None:
        """Rewrite one cell of a table; the header is line 1."""
        rows = list(csv.reader((self.folder / table).read_text("utf-8").splitlines()))
        rows[line - 1][rows[0].index(column)] = value
        self.write(table, rows)

    def add_row(self, table: str, *cells: str) -> None:
        """Add a row at the end of a table."""
        self.write(table, [*csv.reader((self.folder / table).read_text("utf-8").splitlines()), list(cells)])

    def drop_row(self, table: str, line: int) -> None:
        """Remove a row."""
        rows = list(csv.reader((self.folder / table).read_text("utf-8").splitlines()))
        self.write(table, [*rows[: line - 1], *rows[line:]])

    def write(self, table: str, rows: list[list[str]]) -> None:
        """Write a whole table."""
        with (self.folder / table).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)

    def build(self, origin: Callable[[str], str] = str) -> Model:
        """Parse and build."""
        return build(parse(self.values, origin), "tiny", traced(self.values, origin))

    def problems(self, origin: Callable[[str], str] = str) -> list[Problem]:
        """Return what is wrong with it."""
        try:
            self.build(origin)
        except ConfigurationError as error:
            return list(error.problems)
        return []

    def said(self) -> str:
        """Return what is wrong with it in the words a user reads."""
        return "\n\n".join(map(str, self.problems()))
