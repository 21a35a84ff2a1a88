# The site's own domain: its certificate, and its address records.
locals {
  domain_names = var.domain == null ? [] : var.domain.names

  # Where names are in no zone of ours, the certificate is somebody else's as well.
  own_certificate = try(var.domain.certificate_arn == null, false)
  zone_names      = try(var.domain.zone_id == null, true) ? [] : local.domain_names

  certificate_arn = local.own_certificate ? aws_acm_certificate_validation.this[0].certificate_arn : try(var.domain.certificate_arn, null)
}

resource "aws_acm_certificate" "this" {
  count                     = local.own_certificate ? 1 : 0
  provider                  = aws.us_east_1
  domain_name               = local.domain_names[0]
  subject_alternative_names = slice(local.domain_names, 1, length(local.domain_names))
  validation_method         = "DNS"
  tags                      = var.tags

  # A distribution uses the old one until the new one is there.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each        = local.own_certificate ? toset(local.domain_names) : []
  zone_id         = var.domain.zone_id
  name            = one([for option in aws_acm_certificate.this[0].domain_validation_options : option.resource_record_name if option.domain_name == each.key])
  type            = one([for option in aws_acm_certificate.this[0].domain_validation_options : option.resource_record_type if option.domain_name == each.key])
  records         = [for option in aws_acm_certificate.this[0].domain_validation_options : option.resource_record_value if option.domain_name == each.key]
  ttl             = 300
  allow_overwrite = true # A name and its wildcard, and other certificates of the name, are proven by one record.
}

resource "aws_acm_certificate_validation" "this" {
  count                   = local.own_certificate ? 1 : 0
  provider                = aws.us_east_1
  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = values(aws_route53_record.validation)[*].fqdn
}

resource "aws_route53_record" "address" {
  for_each = { for pair in setproduct(local.zone_names, ["A", "AAAA"]) : "${pair[0]} ${pair[1]}" => { name = pair[0], type = pair[1] } }
  zone_id  = var.domain.zone_id
  name     = each.value.name
  type     = each.value.type
  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false # CloudFront has none to evaluate.
  }
}
