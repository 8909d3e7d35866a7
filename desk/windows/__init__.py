"""Windows that services share: what staff tools call alike in each (docs/adr/0024); they alone import nameko."""
