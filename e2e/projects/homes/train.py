import shutil
shutil.copyfile("regression.onnx", "model.onnx")
