-- One row per file the build found: what was read, what was passed over and why.
select
    file_no::integer as file_no,
    return_name,
    edition,
    path,
    nullif(family, '') as family,
    ignored_reason,
    sha256,
    bytes::bigint as bytes,
    header_fingerprint,
    rows::bigint as rows,
    is_synthetic,
from {{ source('raw', 'raw_file') }}
