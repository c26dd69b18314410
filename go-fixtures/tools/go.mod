module fossor/tools

go 1.24
