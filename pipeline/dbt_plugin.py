"""dbt-duckdb plugin: before dbt's first query, the raw files stand ready in schema `raw`."""

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from pipeline import catalogue, raw_schema
from pipeline.errors import InputError
from pipeline.settings import raw_dir, warehouse_dir


class Plugin(BasePlugin):
    """Scans RAW_DIR when dbt opens its connection; parses only files not seen before."""

    def initialize(self, plugin_config):
        warehouse_dir().mkdir(parents=True, exist_ok=True)

    def configure_connection(self, conn):
        cache = warehouse_dir() / "cache"
        try:
            files = catalogue.scan(raw_dir())
            catalogue.read_grids(raw_dir(), files, cache)
        except InputError as error:
            raise DbtRuntimeError(str(error)) from None
        raw_schema.load_raw_schema(conn, files, cache)
