variable "name" {
  description = "Name of the pipeline and of the site. Everything that they create begins with it."
  type        = string
  default     = "upload-site"
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

variable "site" {
  description = "The built site, as the module static-site takes it. Without a folder it is web/site of this repository, as `cargo xtask dist` builds it."
  type = object({
    folder          = optional(string)
    hashed_folder   = optional(string)
    earlier_folders = optional(list(string))
  })
  default  = {}
  nullable = false
  validation {
    condition     = var.site.folder != null || fileexists("${path.module}/../../web/site/dist/index.html")
    error_message = "site.folder: web/site is not built. Run `cargo xtask dist`, or name the folder of a site of your own."
  }
}

variable "domain" {
  description = "The site's own names and their Route 53 zone, as the module static-site takes them. Null is a name that CloudFront gives."
  type = object({
    names           = list(string)
    zone_id         = optional(string)
    certificate_arn = optional(string)
  })
  default = null
}

variable "api_under_site" {
  description = "Whether the API answers under the site's own domain. Otherwise the page calls it at its own address, which it lets `allowed_origins` do."
  type        = bool
  default     = true
}

variable "allowed_origins" {
  description = "Origins whose scripts may call the API at its own address, use signed links and sign in, such as further addresses of the site. Its first one, the output `site_url`, is known from the first apply on; name it here with api_under_site = false."
  type        = list(string)
  default     = []
}

variable "addresses" {
  description = "What the page calls at another address than AWS gives: \"api\", \"cognito\", \"sign_in\", \"uploads\" or \"results\", such as a domain of your own or a FIPS endpoint."
  type        = map(string)
  default     = {}
}

variable "auth_flows" {
  description = "How people may sign in without the hosted UI, as the module user-pool takes it. With ALLOW_REFRESH_TOKEN_AUTH, refresh tokens do not rotate."
  type        = set(string)
  default     = ["ALLOW_USER_SRP_AUTH"]
}

variable "web_acl_arn" {
  description = "Web ACL of AWS WAF, of the scope CLOUDFRONT, that looks at every request."
  type        = string
  default     = null
}

variable "access_log" {
  description = "Keeps a line of each request in CloudWatch Logs. Null keeps none."
  type        = object({ retention_days = optional(number, 30) })
  default     = {}
}
