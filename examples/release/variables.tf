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
