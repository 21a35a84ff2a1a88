variable "name" {
  description = "Name of the site. Everything that it creates begins with it."
  type        = string
  validation {
    # A bucket's name has 63 characters: "<name>-site-<account>-<region>".
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "name: use 3 to 24 lower case letters, digits and \"-\", beginning with a letter and not ending with \"-\"."
  }
}

variable "site" {
  description = "The built files: their folder; the folder in it whose files have a hash of their content in their name, which browsers keep for a year; and folders of earlier builds, whose hashed files stay for pages that are still open."
  type = object({
    folder          = string
    hashed_folder   = optional(string, "assets")
    earlier_folders = optional(list(string), [])
  })
  validation {
    condition     = fileexists("${var.site.folder}/index.html")
    error_message = "site.folder: there is no index.html in \"${var.site.folder}\". Build the site first, and name the folder that the build fills."
  }
  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]+(/[a-zA-Z0-9_.-]+)*$", var.site.hashed_folder))
    error_message = "site.hashed_folder: give a path inside the folder without \"/\" at its ends, such as \"assets\"."
  }
}

variable "addresses" {
  description = "What the page calls, by names of your choice, such as the addresses of its API and of its sign-in. They are in config.json, and no other origin can be called. \"/\" is the site itself."
  type        = map(string)
  default     = {}
  nullable    = false
  validation {
    # CSP Level 3, section 2.3.1, host-source: a space, comma or semicolon would begin another source or directive.
    condition     = alltrue([for address in values(var.addresses) : can(regex("^((https|wss)://[a-zA-Z0-9.-]+(:[0-9]+)?)?(/[^\\s,;]*)?$", address))])
    error_message = "addresses: begin each with https:// or wss://, or with \"/\" for the site itself."
  }
}

variable "configuration" {
  description = "What else config.json says to the page, such as the ids of its user pool and app client. Everybody can read it. It may depend on the site's own address, which `addresses` may not."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "content_security_policy" {
  description = "What the page needs besides its own files and `addresses`: origins to call, origins of images and media, and the names of its Trusted Types policies."
  type = object({
    connect       = optional(list(string), [])
    images        = optional(list(string), [])
    trusted_types = optional(list(string), [])
  })
  default  = {}
  nullable = false
  validation {
    # CSP Level 3, section 2.3.1, host-source: a space, comma or semicolon would begin another source or directive.
    condition = alltrue([
      for origin in concat(var.content_security_policy.connect, var.content_security_policy.images) :
      can(regex("^(https|wss)://(\\*\\.)?[a-zA-Z0-9.-]+(:[0-9]+)?$", origin)) || contains(["blob:", "data:"], origin)
    ])
    error_message = "content_security_policy: give origins without a path, such as \"https://api.example.com\" or \"https://*.example.com\", or \"blob:\"."
  }
  validation {
    # W3C, "Trusted Types", section 4.2.2, tt-policy-name.
    condition     = alltrue([for name in var.content_security_policy.trusted_types : can(regex("^[a-zA-Z0-9#=_/@.%-]+$", name))])
    error_message = "content_security_policy.trusted_types: give names of policies. \"*\" would let any script make one."
  }
}

variable "api" {
  description = "An API that the site's own domain answers for, so that pages call it without CORS: its address, and its paths as CloudFront's patterns, such as [\"/photos\", \"/photos/*\"]. The site has no pages there."
  type = object({
    endpoint = string
    paths    = list(string)
  })
  default = null
  validation {
    # Whatever the scheme says: CloudFront speaks HTTPS to it.
    condition     = can(regex("^https?://[^/:]+(:[0-9]+)?(/[^/]+)?$", var.api.endpoint)) || var.api == null
    error_message = "api.endpoint: give the address as the modules http-api and rest-api do, such as \"https://a1b2c3d4.execute-api.eu-west-1.amazonaws.com\"."
  }
  validation {
    # "Quotas", CloudFront Developer Guide: 25 cache behaviors a distribution in its older editions, 75 in today's. Two are ours.
    condition     = try(length(var.api.paths) >= 1 && length(var.api.paths) <= 73, true)
    error_message = "api.paths: give 1 to 73 patterns, with which a distribution has its 75 cache behaviors."
  }
  validation {
    condition     = alltrue([for path in try(var.api.paths, []) : can(regex("^/[a-zA-Z0-9_.*$/~\"'@:+&?-]{1,254}$", path)) && path != "/*"])
    error_message = "api.paths: begin each with \"/\", and leave \"/*\" to the site."
  }
}

variable "domain" {
  description = "The site's own names, the first of which is its address; and the Route 53 zone in which the certificate is proven and the names are set. With a zone elsewhere, give the ARN of an ACM certificate in us-east-1 instead, and point the names to the output `distribution_domain_name`."
  type = object({
    names           = list(string)
    zone_id         = optional(string)
    certificate_arn = optional(string)
  })
  default = null
  validation {
    condition     = try(length(var.domain.names) >= 1, var.domain == null)
    error_message = "domain.names: give at least one name, or leave `domain` out."
  }
  validation {
    condition     = alltrue([for name in try(var.domain.names, []) : can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", name))])
    error_message = "domain.names: give host names in lower case without https://, such as \"photos.example.com\"."
  }
  validation {
    condition     = !startswith(try(var.domain.names[0], ""), "*")
    error_message = "domain.names: the first name is the site's address, so that it has no \"*\". Name the wildcard behind it."
  }
  validation {
    condition     = try(var.domain.zone_id != null || var.domain.certificate_arn != null, true)
    error_message = "domain: give `zone_id`, or the `certificate_arn` of a certificate that you have."
  }
  validation {
    # "Requirements for using SSL/TLS certificates with CloudFront", CloudFront Developer Guide.
    condition     = can(regex("^arn:aws:acm:us-east-1:", var.domain.certificate_arn)) || try(var.domain.certificate_arn, null) == null
    error_message = "domain.certificate_arn: CloudFront takes certificates of ACM in us-east-1 only."
  }
}

variable "web_acl_arn" {
  description = "Web ACL of AWS WAF that looks at every request. It has the scope CLOUDFRONT, and so is in us-east-1."
  type        = string
  default     = null
  validation {
    condition     = can(regex("^arn:aws:wafv2:us-east-1:[0-9]{12}:global/webacl/", var.web_acl_arn)) || var.web_acl_arn == null
    error_message = "web_acl_arn: give the ARN of a web ACL with the scope CLOUDFRONT, such as arn:aws:wafv2:us-east-1:123456789012:global/webacl/<name>/<id>."
  }
}

variable "access_log" {
  description = "Keeps a line of each request in CloudWatch Logs for so many days. Null keeps none."
  type = object({
    retention_days = optional(number, 30)
  })
  default = null
}

variable "tags" {
  description = "Tags of every resource that takes them."
  type        = map(string)
  default     = {}
}
