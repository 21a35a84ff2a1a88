# Names that an earlier version gave to what is still there.

moved {
  from = aws_lambda_event_source_mapping.kinesis[0]
  to   = aws_lambda_event_source_mapping.stream["kinesis"]
}

moved {
  from = aws_lambda_event_source_mapping.dynamodb[0]
  to   = aws_lambda_event_source_mapping.stream["dynamodb"]
}
