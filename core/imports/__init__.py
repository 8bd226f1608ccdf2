"""Labels given elsewhere: files of other programs in, rows that name a picture and a class out."""
