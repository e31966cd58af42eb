-- The registry and the contract of mart_la_year name the same indicators.
with columns as (
    select column_name
    from duckdb_columns()
    where
        database_name = current_database()
        and schema_name = '{{ ref('mart_la_year').schema }}'
        and table_name = '{{ ref('mart_la_year').identifier }}'
        and column_name not in (
            {{ "'" ~ (identity_columns() + columns_beside_indicators()) | join("', '") ~ "'" }}
        )
)

select
    'models/marts/mart_la_year.yml' as file,
    if(
        columns.column_name is null,
        'no column for indicator ' || dim_indicator.indicator_code,
        'a column of no indicator: ' || columns.column_name
    ) as found,
    'one column for each row of seeds/indicators/indicators.csv' as expected,
    'add the column, or take it out' as action,
from {{ ref('dim_indicator') }} as dim_indicator
full outer join columns on dim_indicator.indicator_code = columns.column_name
where dim_indicator.indicator_code is null or columns.column_name is null
