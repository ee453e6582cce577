create extension if not exists :extension
