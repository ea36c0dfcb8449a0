"""What the old SDK's own tests reach for, besides what scripts do."""
