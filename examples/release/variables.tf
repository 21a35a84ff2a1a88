variable "name" {
  description = "Name of the bucket, before the account and the region, and prefix of the releases in it."
  type        = string
  default     = "upload-pipeline"
}

variable "release_version" {
  description = "Semantic version to publish. Null publishes the version in the functions' Cargo.toml."
  type        = string
  default     = null
}

variable "architecture" {
  description = "Instruction set to compile for: x86_64 or arm64."
  type        = string
  default     = "x86_64"
}

variable "retain" {
  description = "How many stable releases stay. Null keeps all, and leaves the writer's role without permission to delete."
  type        = number
  default     = null
}

variable "reader_arns" {
  description = "Who may assume the role that installs releases: accounts, roles or users. Empty lets this account's IAM policies decide."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "writer_arns" {
  description = "Who may assume the role that publishes, such as the main branch's pipeline. Empty lets this account's IAM policies decide."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "object_lock_days" {
  description = "Days for which S3 Object Lock refuses to delete a release, in governance mode. Null leaves Object Lock off; once on, it stays on."
  type        = number
  default     = null
}

variable "deletion_protection" {
  description = "Whether destroy leaves the releases, and refuses to delete the bucket that holds them."
  type        = bool
  default     = true
}

variable "build_profile" {
  description = "Cargo profile that the functions are compiled with. \"dev\" compiles faster, into larger and slower functions."
  type        = string
  default     = "lambda"
}
