output "arn" {
  description = "ARN of the state machine: what starts an execution."
  value       = aws_sfn_state_machine.this.arn
}

output "name" {
  description = "Name of the state machine."
  value       = aws_sfn_state_machine.this.name
}

output "role_name" {
  description = "Name of the state machine's role."
  value       = aws_iam_role.this.name
}

output "role_arn" {
  description = "ARN of the state machine's role."
  value       = aws_iam_role.this.arn
}

output "log_group_arn" {
  description = "ARN of the log group."
  value       = aws_cloudwatch_log_group.this.arn
}

output "log_group_name" {
  description = "Log group that holds what is logged of executions."
  value       = aws_cloudwatch_log_group.this.name
}

output "unfinished_queue" {
  description = "Queue that holds, for 14 days, what was not finished: the status event of each execution that failed, was stopped or took too long, with its input."
  value = {
    name = aws_sqs_queue.unfinished.name
    arn  = aws_sqs_queue.unfinished.arn
    url  = aws_sqs_queue.unfinished.url
  }
}
