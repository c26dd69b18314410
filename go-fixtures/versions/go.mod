module fossor/versions

go 1.21
