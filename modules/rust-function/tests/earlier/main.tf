# The stream's mapping, as the module had it before one block mapped both kinds of streams.
resource "aws_lambda_event_source_mapping" "kinesis" {
  count             = 1
  event_source_arn  = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"
  function_name     = "arn:aws:lambda:eu-west-1:123456789012:function:hello:live"
  starting_position = "TRIM_HORIZON"
}

resource "aws_lambda_event_source_mapping" "dynamodb" {
  count             = 1
  event_source_arn  = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
  function_name     = "arn:aws:lambda:eu-west-1:123456789012:function:hello:live"
  starting_position = "TRIM_HORIZON"
}

output "uuids" {
  value = {
    kinesis  = aws_lambda_event_source_mapping.kinesis[0].uuid
    dynamodb = aws_lambda_event_source_mapping.dynamodb[0].uuid
  }
}
