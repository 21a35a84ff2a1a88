variable "name" {
  description = "Name of the dashboard, unique in the account. Its alarms begin with it."
  type        = string
  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,128}$", var.name))
    error_message = "name: use 1 to 128 letters, digits, \"_\" and \"-\"."
  }
}

variable "functions" {
  description = "Names of the Lambda functions to show: invocations, errors and durations."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "queues" {
  description = "Names of the SQS queues to show that are full now and then: depth and age."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "dead_letter_queues" {
  description = "Names of the SQS queues to show that should be empty, by a short name that does not change. Each has an alarm for its first message."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "state_machine_arns" {
  description = "ARNs of the Step Functions state machines to show: how executions ended."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of an alarm, and of its end. With none, an alarm only shows in CloudWatch."
  type        = list(string)
  default     = []
  nullable    = false
  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : startswith(arn, "arn:")]) && length(var.alarm_topic_arns) <= 5
    error_message = "alarm_topic_arns: give at most 5 ARNs of SNS topics."
  }
}

variable "tags" {
  description = "Tags of the alarms. CloudWatch has none for dashboards."
  type        = map(string)
  default     = {}
}
