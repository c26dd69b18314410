module fossor/fixtures

go 1.24
