"""The rival: FastAPI and ONNX Runtime behind uvicorn (uvloop, httptools, no access log), speaking the same JSON.

Written as its users are told to, and then made fast: the request is a Pydantic model, the endpoint is `async` and runs the
session itself (a thread pool is slower for small models), the answer skips FastAPI's encoder.
"""

import os
import sys

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy
import onnxruntime
import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel

TYPES = {"FP32": numpy.float32, "FP64": numpy.float64, "INT64": numpy.int64, "INT32": numpy.int32, "BOOL": numpy.bool_, "BYTES": object}
NAMES = {"float32": "FP32", "float64": "FP64", "int64": "INT64", "int32": "INT32", "bool": "BOOL", "object": "BYTES"}

model_file, port = sys.argv[1], int(sys.argv[2])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(model_file, options)
outputs = [output.name for output in session.get_outputs()]
app = FastAPI()


class Tensor(BaseModel):
    name: str
    shape: list[int]
    datatype: str
    data: list


class InferRequest(BaseModel):
    id: str | None = None
    inputs: list[Tensor]


@app.get("/v2/health/ready")
async def ready():
    return {"ready": True}


@app.post("/v2/models/{name}/infer")
async def infer(name: str, request: InferRequest):
    try:
        feeds = {tensor.name: numpy.array(tensor.data, dtype=TYPES[tensor.datatype]).reshape(tensor.shape) for tensor in request.inputs}
        results = session.run(outputs, feeds)
    except Exception as error:
        raise HTTPException(400, str(error))
    answers = [
        {"name": output, "datatype": NAMES[str(result.dtype)], "shape": list(result.shape), "data": result.ravel().tolist()}
        for output, result in zip(outputs, results)
    ]
    return JSONResponse({"model_name": name, "id": request.id, "outputs": answers})


uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", access_log=False, log_level="warning")
