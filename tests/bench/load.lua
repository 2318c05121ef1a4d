-- For wrk: sends the requests of a file in turn, on every route alike, and says in one line of JSON what came of it.
-- Arguments: METHOD, file of paths, file of the body or "-", then headers as NAME VALUE pairs.
local requests, at = {}, 0

function init(args)
  local headers, body = {}, nil
  for i = 4, #args, 2 do headers[args[i]] = args[i + 1] end
  if args[3] ~= "-" then
    local file = assert(io.open(args[3]))
    body = file:read("*a")
    file:close()
  end
  for path in io.lines(args[2]) do requests[#requests + 1] = wrk.format(args[1], path, headers, body) end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\n{"requests":%d,"micros":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.status, e.connect + e.read + e.write + e.timeout))
end
