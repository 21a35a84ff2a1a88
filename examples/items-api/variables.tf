variable "name" {
  description = "Name of the API. Everything that it creates begins with it."
  type        = string
  default     = "items"
  validation {
    # It begins the hosted UI's host name and a function's role.
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name)) && !can(regex("aws|amazon|cognito", var.name))
    error_message = "name: use 3 to 24 lower case letters, digits and \"-\", beginning with a letter, not ending with \"-\", and without \"aws\", \"amazon\" and \"cognito\", which Cognito refuses."
  }
}

variable "deletion_protection" {
  description = "Whether destroy refuses to delete the items and the users."
  type        = bool
  default     = true
}

variable "build_profile" {
  description = "Cargo profile that the function is compiled with. \"dev\" compiles faster, into a larger and slower function."
  type        = string
  default     = "lambda"
}

variable "callback_urls" {
  description = "Where the hosted UI may send the authorization code: the addresses of your client."
  type        = list(string)
  default     = ["http://localhost:3000/callback"]
}

variable "implicit_grant" {
  description = "Whether the hosted UI also hands tokens over in the address (response_type=token), where browser histories, logs and scripts read them. For clients that cannot use the authorization code grant."
  type        = bool
  default     = false
}

variable "allowed_origin" {
  description = "Web site whose scripts may call the API, such as \"https://app.example.com\". Null allows none."
  type        = string
  default     = null
  validation {
    condition     = can(regex("^https?://[^/'*]+$", coalesce(var.allowed_origin, "https://app.example.com")))
    error_message = "allowed_origin: give scheme and host without a path, such as \"https://app.example.com\". It may hold no \"*\"."
  }
}

variable "token_use" {
  description = "Which token opens the API: \"access\", with the scopes items/read and items/write, or \"id\", which allows everything."
  type        = string
  default     = "access"
  validation {
    condition     = contains(["access", "id"], var.token_use)
    error_message = "token_use: use \"access\" or \"id\"."
  }
}

variable "api_key_clients" {
  description = "Clients that get an API key each; with any, every request needs one, in the header x-api-key, besides the token."
  type        = set(string)
  default     = []
}

variable "endpoint_type" {
  description = "REGIONAL, or EDGE, which goes through CloudFront's nearest location."
  type        = string
  default     = "REGIONAL"
}

variable "provisioned" {
  description = "The table's capacity, kept by auto scaling between minimum and maximum units. Null is on demand."
  type = object({
    read  = object({ minimum = optional(number, 1), maximum = number, target_percent = optional(number, 70) })
    write = object({ minimum = optional(number, 1), maximum = number, target_percent = optional(number, 70) })
  })
  default = null
}
