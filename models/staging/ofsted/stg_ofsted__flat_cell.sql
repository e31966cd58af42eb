{{ flat_cells('ofsted') }}
