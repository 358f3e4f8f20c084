module pioneer.example/interop/parser

go 1.25.0

require github.com/transparency-dev/formats v0.1.1
