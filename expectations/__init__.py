"""The last look before publishing: what readers of the marts are promised, checked from outside dbt."""
