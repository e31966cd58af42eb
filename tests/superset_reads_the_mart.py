"""Apache Superset on the published mart: `python superset_reads_the_mart.py MART`.

It runs in the environment that Superset is installed in (docs/bi.md), not in the project's. It sets up a
Superset of its own in a temporary folder, adds the mart as a database, lists its tables and columns, runs a
query as SQL Lab does, makes a dataset and asks it what a chart would ask, all through Superset's own code,
and prints it as JSON.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

QUERY = """
select la_name, value
from fct_indicator inner join dim_local_authority using (la_code)
where indicator_code = 'looked_after_per_10k' and year = 2025 and status = 'published'
order by value desc, la_name
limit 5
"""
CONFIG = """
SECRET_KEY = "of a test alone, of a mart that anybody may read"
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
"""


def main(mart: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "superset_config.py"
        config.write_text(CONFIG.format(folder=folder), "utf-8")
        os.environ["SUPERSET_CONFIG_PATH"] = str(config)
        os.environ["SUPERSET_HOME"] = folder
        from superset.app import create_app

        app = create_app()
        with app.app_context():
            print(json.dumps(asked(mart), default=str))


def asked(mart: str) -> dict:
    """What Superset answers of the mart."""
    from flask_appbuilder import Model
    from superset import db
    from superset.commands.chart.data.get_data_command import ChartDataCommand
    from superset.common.query_context_factory import QueryContextFactory
    from superset.connectors.sqla.models import SqlaTable, SqlMetric
    from superset.extensions import security_manager
    from superset.models.core import Database
    from superset.sql.parse import Table
    from superset.utils.core import override_user

    Model.metadata.create_all(db.engine)
    role = security_manager.add_role("Admin")
    admin = security_manager.add_user("admin", "Ad", "Min", "admin@example.org", role, "admin")
    database = Database(database_name="mart", sqlalchemy_uri=f"duckdb:///{mart}?access_mode=read_only")
    dataset = SqlaTable(table_name="mart_la_year", schema="main", database=database)
    db.session.add_all([database, dataset])
    db.session.commit()
    with override_user(admin):
        dataset.fetch_metadata()
        dataset.metrics.append(SqlMetric(metric_name="children", expression="sum(looked_after_count)"))
        db.session.commit()
        chart = QueryContextFactory().create(
            datasource={"type": "table", "id": dataset.id},
            queries=[
                {
                    "columns": ["region_name"],
                    "metrics": ["children"],
                    "filters": [{"col": "year", "op": "==", "val": 2025}],
                    "orderby": [["region_name", True]],
                    "row_limit": 100,
                }
            ],
            force=True,
        )
        of_facts = database.get_columns(Table("fct_indicator", "main"))
        return {
            "tables": sorted(name for name, *_ in database.get_all_table_names_in_schema(None, "main")),
            "comments": {column["column_name"]: column.get("comment") for column in of_facts},
            "query": database.get_df(QUERY, schema="main").to_dict("records"),
            "dataset": {column.column_name: column.description for column in dataset.columns},
            "chart": ChartDataCommand(chart).run()["queries"][0]["data"],
            "written": written(database),
        }


def written(database) -> str:
    """What the mart says to who would change it."""
    try:
        with database.get_raw_connection() as connection:
            connection.cursor().execute("delete from main.dim_year")
    except Exception as error:
        return str(error)
    return "it was changed"


if __name__ == "__main__":
    main(sys.argv[1])
