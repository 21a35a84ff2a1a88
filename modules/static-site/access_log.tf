# Standard logging (v2), which CloudWatch Logs delivers. All of it is in us-east-1, where CloudFront is.
resource "aws_cloudwatch_log_group" "access" {
  count    = length(var.access_log[*])
  provider = aws.us_east_1

  # Log groups with this prefix share one entry of the account's log resource policy, which AWS limits to 5,120 characters.
  name              = "/aws/vendedlogs/cloudfront/${local.name}"
  retention_in_days = var.access_log.retention_days
  tags              = var.tags
}

resource "aws_cloudwatch_log_delivery_source" "access" {
  count        = length(var.access_log[*])
  provider     = aws.us_east_1
  name         = local.name
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this.arn
  tags         = var.tags
}

resource "aws_cloudwatch_log_delivery_destination" "access" {
  count         = length(var.access_log[*])
  provider      = aws.us_east_1
  name          = local.name
  output_format = "json"
  tags          = var.tags

  delivery_destination_configuration {
    destination_resource_arn = aws_cloudwatch_log_group.access[0].arn
  }
}

resource "aws_cloudwatch_log_delivery" "access" {
  count                    = length(var.access_log[*])
  provider                 = aws.us_east_1
  delivery_source_name     = aws_cloudwatch_log_delivery_source.access[0].name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.access[0].arn
  tags                     = var.tags

  # Names of "Standard log file fields", CloudFront Developer Guide. Not cs-uri-query, cs(Referer) and cs(Cookie): the address to
  # which a sign-in returns has its authorization code in the query.
  record_fields = [
    "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status",
    "cs(User-Agent)", "x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol", "cs-bytes", "time-taken",
    "ssl-protocol", "ssl-cipher", "x-edge-response-result-type", "cs-protocol-version", "time-to-first-byte",
    "x-edge-detailed-result-type", "sc-content-type", "sc-content-len",
  ]
}
