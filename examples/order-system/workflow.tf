resource "aws_cloudwatch_event_bus" "this" {
  name = var.name
}

# From the event to the state machine: by a queue, which keeps what cannot be started, and a function, which names the execution after the order. A rule alone cannot do that, and two events would be two executions.
resource "aws_cloudwatch_event_rule" "order_created" {
  name           = "${var.name}-order-created"
  description    = "New orders."
  event_bus_name = aws_cloudwatch_event_bus.this.name
  event_pattern = jsonencode({
    source      = ["order-system"]
    detail-type = ["OrderCreated"]
  })
}

resource "aws_cloudwatch_event_target" "order_created" {
  rule           = aws_cloudwatch_event_rule.order_created.name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  arn            = aws_sqs_queue.order_created.arn

  dead_letter_config {
    arn = aws_sqs_queue.unstarted.arn
  }

  # EventBridge can write to the queues before it has something to write.
  depends_on = [aws_sqs_queue_policy.this]
}

resource "aws_sqs_queue" "order_created" {
  name                       = "${var.name}-order-created"
  visibility_timeout_seconds = 6 * 30           # Six times the function's timeout, as AWS advises.
  message_retention_seconds  = 4 * 24 * 60 * 60 # Less than the queue below: a message that is moved there keeps its age ("Using dead-letter queues in Amazon SQS").
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.unstarted.arn
    maxReceiveCount     = 5
  })
}

# Orders whose execution could not be started.
resource "aws_sqs_queue" "unstarted" {
  name                      = "${var.name}-unstarted"
  message_retention_seconds = 14 * 24 * 60 * 60 # The longest that SQS keeps a message.
  sqs_managed_sse_enabled   = true
}

# Rows that could not be announced.
resource "aws_sqs_queue" "unannounced" {
  name                      = "${var.name}-unannounced"
  message_retention_seconds = 14 * 24 * 60 * 60 # The longest that SQS keeps a message.
  sqs_managed_sse_enabled   = true
}

# EventBridge writes to the first two, and nobody to any by plain HTTP ("Amazon SQS security best practices").
resource "aws_sqs_queue_policy" "this" {
  for_each = {
    order_created = { queue = aws_sqs_queue.order_created, writers = [aws_cloudwatch_event_rule.order_created.arn] }
    unstarted     = { queue = aws_sqs_queue.unstarted, writers = [aws_cloudwatch_event_rule.order_created.arn] }
    unannounced   = { queue = aws_sqs_queue.unannounced, writers = [] }
  }
  queue_url = each.value.queue.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "RefusePlainHttp"
        Effect    = "Deny"
        Action    = "sqs:*"
        Resource  = each.value.queue.arn
        Principal = "*"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for rule in each.value.writers : {
        Sid       = "WriteNewOrders"
        Effect    = "Allow"
        Action    = "sqs:SendMessage"
        Resource  = each.value.queue.arn
        Principal = { Service = "events.amazonaws.com" }
        Condition = { ArnEquals = { "aws:SourceArn" = rule } }
      }],
    )
  })
}

moved {
  from = aws_sqs_queue_policy.order_created
  to   = aws_sqs_queue_policy.this
}

module "order" {
  source    = "../../modules/state-machine"
  name      = "${var.name}-order"
  tracing   = true
  functions = { for name, task in module.task : name => task.arn }

  definition = templatefile("${path.module}/order.asl.json", merge(
    { partition = data.aws_partition.current.partition },
    { for name, task in module.task : replace(name, "-", "_") => task.arn },
  ))
}
