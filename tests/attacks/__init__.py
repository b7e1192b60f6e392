"""What has broken systems like this one, tried against it."""
