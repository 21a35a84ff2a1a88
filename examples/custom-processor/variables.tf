variable "name" {
  description = "Name of the pipeline. Everything that it creates begins with it."
  type        = string
  default     = "thumbnails"
}

variable "deletion_protection" {
  description = "Whether destroy refuses to delete uploads, their table and the users."
  type        = bool
  default     = true
}

variable "build_profile" {
  description = "Cargo profile that the functions are compiled with. \"dev\" compiles faster, into larger and slower functions."
  type        = string
  default     = "lambda"
}

variable "callback_urls" {
  description = "Where the hosted UI may send the authorization code: the addresses of your client."
  type        = list(string)
  default     = ["http://localhost:3000/callback"]
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of alarms. With none, an alarm only shows in CloudWatch."
  type        = list(string)
  default     = []
}
