-- A wrk script like post.lua, for a file with one body a line: each request takes the next one.
function init(args)
  bodies = {}
  for line in io.lines(args[1]) do bodies[#bodies + 1] = line end
  wrk.method = 'POST'
  wrk.headers['content-type'] = 'application/json'
  requests = {}
  for index, body in ipairs(bodies) do requests[index] = wrk.format(nil, nil, nil, body) end
  position = 0
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'FIGURES {"requests":%d,"seconds":%.6f,"p50Ms":%.4f,"p99Ms":%.4f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
