"""What staff tools and portals state to matching: forms that refuse strangers, and what they become."""
