{{ flat_cells('cla_outcomes') }}
