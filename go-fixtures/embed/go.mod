module fossor/embed

go 1.24
