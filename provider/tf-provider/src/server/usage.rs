//! What a person reads who runs the binary by hand.

use crate::Provider;

/// What the binary is, and how Terraform gets it.
pub fn help<P: Provider>() -> String {
    let name = P::name();
    let address = P::ADDRESS;
    let version = P::VERSION;
    format!(
        "terraform-provider-{name} {version}: a provider for Terraform and OpenTofu.

It is started by terraform, not by hand. To use it, put into a configuration:

    terraform {{
      required_providers {{
        {name} = {{
          source  = \"{address}\"
          version = \"{version}\"
        }}
      }}
    }}

and run `terraform init`. To try a binary that was built here, name its folder in a
CLI configuration file (TF_CLI_CONFIG_FILE):

    provider_installation {{
      dev_overrides {{ \"{address}\" = \"/path/to/the/folder\" }}
      direct {{}}
    }}

Options:
    --debug      wait for terraform and print the TF_REATTACH_PROVIDERS to start it with
    --help       print this
    --version    print the version
"
    )
}
