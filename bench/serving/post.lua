-- A wrk script: posts the body in the file named by the first argument after `--`, and prints the figures as one line of JSON.
function init(args)
  local file = assert(io.open(args[1], 'rb'))
  wrk.method = 'POST'
  wrk.headers['content-type'] = 'application/json'
  wrk.body = file:read('*a')
  file:close()
end

local request_text
function request()
  request_text = request_text or wrk.format()
  return request_text
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'FIGURES {"requests":%d,"seconds":%.6f,"p50Ms":%.4f,"p99Ms":%.4f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
