terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"

      # Where CloudFront takes its certificates from, and where its access log is configured.
      configuration_aliases = [aws.us_east_1]
    }
  }
}
