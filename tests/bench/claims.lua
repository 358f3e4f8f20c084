-- wrk's script: each request claims one place, with a token in turn and an Idempotency-Key of its own.
-- Arguments: path, file of tokens, a number that no other run has.
local heads, sent, number, path = {}, 0, 0, ""
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  path = arguments[1]
  for token in io.lines(arguments[2]) do
    heads[#heads + 1] = "POST " .. path .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer "
      .. token .. "\r\nContent-Length: 12\r\nIdempotency-Key: "
  end
  run = tonumber(arguments[3])
end

function request()
  sent = sent + 1
  return heads[sent % #heads + 1] .. string.format("%08x-%04x-4000-8000-%012x", run, number, sent) .. "\r\n\r\n{\"places\":1}"
end
