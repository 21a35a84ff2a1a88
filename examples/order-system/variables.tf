variable "name" {
  description = "Name of the order system. Everything that it creates begins with it."
  type        = string
  default     = "order-system"
  validation {
    # A bucket's name has 63 characters: "<name>-uploads-<account>-<region>".
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "name: use 3 to 24 lower case letters, digits and \"-\", beginning with a letter and not ending with \"-\"."
  }
}

variable "deletion_protection" {
  description = "Whether destroy refuses to delete rows, uploads and the users who sign in."
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

variable "allowed_origins" {
  description = "Web sites whose scripts may call the API and use signed links to the uploads."
  type        = list(string)
  default     = ["http://localhost:3000"]
}

variable "user_retention_days" {
  description = "Days until DynamoDB deletes a user's row. Null keeps it."
  type        = number
  default     = null
}

variable "products" {
  description = "What can be ordered at first: price in cents, and stock. A product is written when it is added here; from then on the orders change its stock, and Terraform leaves it alone."
  type = map(object({
    price_cents = number
    stock       = number
  }))
  default = {
    keyboard = { price_cents = 4900, stock = 100 }
    laptop   = { price_cents = 149900, stock = 10 }
    poster   = { price_cents = 900, stock = 0 }
  }
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of it when something could not be done."
  type        = list(string)
  default     = []
}
