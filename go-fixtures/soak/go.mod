module fossor/soak

go 1.24
