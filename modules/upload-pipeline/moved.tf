# Names that an earlier version gave to what is still there. With `api = "rest"` the HTTP API goes all the same.

moved {
  from = module.api
  to   = module.http_api[0]
}

moved {
  from = module.upload_api
  to   = module.function["upload-api"]
}

moved {
  from = module.upload_processor
  to   = module.function["upload-processor"]
}
