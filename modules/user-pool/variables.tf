variable "name" {
  description = "Name of the user pool and of its app client."
  type        = string
  validation {
    # API reference, CreateUserPool and CreateUserPoolClient.
    condition     = can(regex("^[a-zA-Z0-9_ +=,.@-]{1,128}$", var.name))
    error_message = "name: use 1 to 128 letters, digits, spaces and any of _+=,.@-"
  }
}

variable "self_sign_up" {
  description = "Whether anybody on the internet may create an account. Otherwise an administrator creates them, by AdminCreateUser or in the console. SignUp tells whether an address has an account, and mails whoever owns it."
  type        = bool
  default     = false
}

variable "remove_unconfirmed" {
  description = "Deletes, once an hour, accounts that were not confirmed within `after_days`, so that nobody holds an address that is not theirs. `role` is for the two roles that this takes. Null keeps them."
  type = object({
    after_days = optional(number, 1)
    role = optional(object({
      path                 = optional(string, "/")
      permissions_boundary = optional(string)
    }), {})
  })
  default = null
  validation {
    # The code in the mail is good for 24 hours ("Signing up and confirming user accounts", Amazon Cognito Developer Guide).
    condition     = try(var.remove_unconfirmed.after_days >= 1 && floor(var.remove_unconfirmed.after_days) == var.remove_unconfirmed.after_days, var.remove_unconfirmed == null)
    error_message = "remove_unconfirmed.after_days: give whole days, 1 or more. The code that confirms an account is good for a day."
  }
}

variable "email" {
  description = "How the pool sends mail: the ARN of a verified SES identity, and the sender, such as \"Photos <no-reply@example.com>\". Null lets Cognito send, at most 50 messages a day."
  type = object({
    ses_arn = string
    from    = string
  })
  default = null
  validation {
    condition     = can(regex("^arn:aws[a-z-]*:ses:[a-z0-9-]+:[0-9]{12}:identity/.+$", var.email.ses_arn)) || var.email == null
    error_message = "email.ses_arn: give the ARN of a verified SES identity, such as \"arn:aws:ses:eu-west-1:123456789012:identity/example.com\"."
  }
}

variable "domain_prefix" {
  description = "First label of the hosted UI's host name, unique among all accounts in the region. The account id in it makes that likely."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.domain_prefix))
    error_message = "domain_prefix: use 1 to 63 lower case letters, digits and \"-\", with a letter or digit at both ends."
  }
  validation {
    condition     = !can(regex("aws|amazon|cognito", var.domain_prefix))
    error_message = "domain_prefix: Cognito refuses \"aws\", \"amazon\" and \"cognito\" anywhere in it. Choose another name."
  }
}

variable "callback_urls" {
  description = "Where the hosted UI may send the authorization code: the addresses of your client, exactly as it sends them."
  type        = list(string)
  validation {
    condition     = length(var.callback_urls) > 0
    error_message = "callback_urls: name at least one address, such as \"https://app.example.com/callback\"."
  }
  validation {
    # API reference, CreateUserPoolClient: absolute, no fragment, HTTPS but for http://localhost, or an app's own scheme.
    condition = alltrue([
      for url in var.callback_urls :
      can(regex("^(https://[^/?#]+|http://localhost(:[0-9]+)?)([/?][^#]*)?$", url))
      || (can(regex("^[a-z][a-z0-9.+-]*://[^#]+$", url)) && !can(regex("^(https?|javascript|data|file|ftp):", url)))
    ])
    error_message = "callback_urls: use https:// or your app's own scheme, such as com.example.app://callback, without a #fragment. http:// is for localhost only."
  }
}

variable "logout_urls" {
  description = "Where the hosted UI may send the user after sign-out."
  type        = list(string)
  default     = []
  nullable    = false
  validation {
    # API reference, CreateUserPoolClient: absolute, no fragment, HTTPS but for http://localhost, or an app's own scheme.
    condition = alltrue([
      for url in var.logout_urls :
      can(regex("^(https://[^/?#]+|http://localhost(:[0-9]+)?)([/?][^#]*)?$", url))
      || (can(regex("^[a-z][a-z0-9.+-]*://[^#]+$", url)) && !can(regex("^(https?|javascript|data|file|ftp):", url)))
    ])
    error_message = "logout_urls: use https:// or your app's own scheme, such as com.example.app://callback, without a #fragment. http:// is for localhost only."
  }
}

variable "self_service" {
  description = "Whether tokens of the hosted UI may carry the scope aws.cognito.signin.user.admin, with which users change their password and attributes and set up an authenticator app. So does whoever steals such a token. Tokens of `auth_flows` always have it."
  type        = bool
  default     = false
}

variable "auth_flows" {
  description = "How the app client may sign in without the hosted UI; an empty list is the hosted UI alone. ALLOW_USER_PASSWORD_AUTH hands the password itself to Cognito, which suits tests and command lines. With ALLOW_REFRESH_TOKEN_AUTH, refresh tokens can be renewed by InitiateAuth and therefore do not rotate."
  type        = set(string)
  default     = ["ALLOW_USER_SRP_AUTH"]
  nullable    = false
  validation {
    condition     = alltrue([for flow in var.auth_flows : startswith(flow, "ALLOW_")])
    error_message = "auth_flows: write flows with their prefix, such as \"ALLOW_USER_SRP_AUTH\"."
  }
}

variable "resource_servers" {
  description = "APIs for which the app client may ask for access tokens: by identifier, their scopes and what each allows. A token then carries \"<identifier>/<scope>\"."
  type        = map(map(string))
  default     = {}
  nullable    = false
  validation {
    condition = alltrue(flatten([
      for identifier, scopes in var.resource_servers : [
        can(regex("^[!#-\\[\\]-~]{1,256}$", identifier)),
        [for scope, description in scopes : can(regex("^[!#-.0-\\[\\]-~]{1,256}$", scope)) && length(description) >= 1 && length(description) <= 256],
      ]
    ]))
    error_message = "resource_servers: identifiers and scopes have no white space, \\ or quotation mark, and scopes no \"/\"; each scope has a description of 1 to 256 characters."
  }
}

variable "implicit_grant" {
  description = "Whether the hosted UI also answers response_type=token, with the tokens in the address itself, where browser histories, logs and scripts of the page read them (RFC 9700, section 2.1.2). For clients that cannot be changed to the authorization code grant with PKCE."
  type        = bool
  default     = false
}

variable "token_validity" {
  description = "How long tokens are good for. An access or id token cannot be called back before it expires; a refresh token can."
  type = object({
    access_minutes = optional(number, 60)
    id_minutes     = optional(number, 60)
    refresh_days   = optional(number, 30)
  })
  default  = {}
  nullable = false
  validation {
    condition = alltrue([
      for minutes in [var.token_validity.access_minutes, var.token_validity.id_minutes] : minutes >= 5 && minutes <= 1440
    ])
    error_message = "token_validity: access and id tokens last between 5 and 1440 minutes (one day)."
  }
}

variable "password_minimum_length" {
  description = "Fewest characters of a password. Upper and lower case, a digit and a symbol are required as well."
  type        = number
  default     = 12
  validation {
    condition     = var.password_minimum_length >= 8 && var.password_minimum_length <= 99
    error_message = "password_minimum_length: Cognito takes up to 99, and fewer than 8 is unsafe."
  }
}

variable "deletion_protection" {
  description = "Whether Cognito refuses to delete the pool. Deleted users cannot be restored, and their passwords cannot be exported."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}
