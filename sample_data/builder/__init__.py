"""What build_sample.py is made of: photos in, frames, plan and model out."""
